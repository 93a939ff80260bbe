import { join } from 'node:path'
import { runBesideMesh } from './outside.ts'

/** npm run mesh: the same mesh for a person, until the shell in it ends, or Ctrl-C where there is no terminal. */

const visit = [process.execPath, join(import.meta.dirname, 'visit.ts')]
process.exitCode = await runBesideMesh(visit, { interactive: process.stdin.isTTY === true })
