#!/usr/bin/env node
import { ensureInstalled, handOver } from './boot.mjs'
import { ensureWeb } from './web.mjs'

const words = process.argv.slice(2)
ensureInstalled()
if (['demo', 'serve'].includes(words[0]) && !words.includes('--help')) ensureWeb()
handOver('app/onetill.ts', words)
