"""The workbook file: parts, cells, names, tables, patches; nothing is computed here."""
