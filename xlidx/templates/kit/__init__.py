"""What every template shares: places, blocks, inputs, cards, charts, cover, checks, help, looks; no word of one workbook."""
