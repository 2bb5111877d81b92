"""Workbook of the 23 series of one Final Terms: samples, inputs, calculation blocks, and the sheets of the desk."""
