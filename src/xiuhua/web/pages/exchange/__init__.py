"""Files in and out: uploads, what they would change, sheets, exports, update list."""
