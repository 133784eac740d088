"""From journals to trial tables, measures, figures and the report."""
