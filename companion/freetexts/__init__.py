"""What respondents wrote in their own words: read, coded with tags, edited into quotes."""
