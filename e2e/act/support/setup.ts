import { existsSync } from 'node:fs'
import { actIn, buildAct } from '../../parts/build.ts'
import { lacksOfGo, lackText } from '../../parts/needs.ts'

/** Before all tests: builds act, if it is missing. */
export async function setup(): Promise<void> {
  if (existsSync(actIn())) return
  const lacks = lackText(lacksOfGo(process.env))
  if (lacks !== undefined) throw new Error(lacks)
  await buildAct((line) => process.stderr.write(`${line}\n`), new AbortController().signal)
}
