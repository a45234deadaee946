"""Runs commands in containers, and brings files into them and back.

Imports sandbox, images, results and platforms; knows no question.
"""
