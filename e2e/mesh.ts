import { join } from 'node:path'
import { runBesideMesh } from './outside.ts'

/** npm run mesh: the same mesh for a person, until its shell ends, or until Ctrl-C without a terminal. */

const visit = [process.execPath, join(import.meta.dirname, 'visit.ts')]
process.exitCode = await runBesideMesh(visit, { interactive: process.stdin.isTTY === true })
