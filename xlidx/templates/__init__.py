"""The builders of the template workbooks."""
