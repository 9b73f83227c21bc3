#!/usr/bin/env node
import { ensureInstalled, handOver } from './boot.mjs'

// Runs a TypeScript file of ours: node bin/run.mjs bench/bench.ts …
const [file, ...words] = process.argv.slice(2)
ensureInstalled()
handOver(file, words)
