"""What every engine is given and gives back, and how a workbook becomes that; no engine is called here."""
