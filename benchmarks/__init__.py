"""What `make bench` measures: each module here is one benchmark that ends with one line of JSON."""
