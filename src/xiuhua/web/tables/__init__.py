"""Tables of pages: sorted, filtered, paged, printed, as a workbook, as cards."""
