"""Files made on request: marked workbooks, pre-filled sheets, exports."""
