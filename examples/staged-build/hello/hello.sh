#!/bin/sh
echo "Hello from @TOOLS@ tools!"
