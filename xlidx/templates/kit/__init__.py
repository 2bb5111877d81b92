"""What every template shares: places, blocks, inputs, cards, charts, checks, help, looks; no word of one workbook."""
