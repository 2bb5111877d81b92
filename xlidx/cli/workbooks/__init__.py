"""Commands on workbooks."""
