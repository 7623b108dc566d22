"""The workbook a county office hands on: one module per sheet or group of sheets."""
