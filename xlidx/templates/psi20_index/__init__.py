"""Desk book of an index on PSI 20 rules: samples, input tables, calculation blocks, and the sheets that read them."""
