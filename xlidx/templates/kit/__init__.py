"""What every template shares: styles, sheets, calculation blocks, help; no word of one workbook."""
