"""Any equity index, whatever its rule book; no numbers of one document, no Excel, no files."""
