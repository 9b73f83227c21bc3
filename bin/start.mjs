#!/usr/bin/env node
import { ensureInstalled, handOver } from './boot.mjs'
import { ensureWeb } from './web.mjs'

// npm start: everything with a demo shop, on a fresh clone too.
ensureInstalled()
ensureWeb()
handOver('app/onetill.ts', ['demo', ...process.argv.slice(2)])
