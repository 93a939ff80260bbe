import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path, { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { commandBlocks } from '../../kit/docs/commands.ts'
import { virtualService } from '../objects/tutorial.ts'
import { routeIs } from './support/route.ts'

const BLOCKS = commandBlocks().filter(({ runner }) => runner === 'real mesh')

const PROGRAM = path.resolve(import.meta.dirname, '..', '..', 'dist', 'cli', 'index.js')

/** The folder in which the commands run, with the manifest that a reader applies and the kubectl plugin. */
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'documents-'))
  writeFileSync(join(folder, 'tcp-echo.yaml'), JSON.stringify(virtualService()))
  symlinkSync(PROGRAM, join(folder, 'kubectl-traffic_shift'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs commands in a shell with kubectl and the administrator's KUBECONFIG. */
function paste(commands: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const PATH = [folder, path.dirname(process.execPath), process.env.PATH].join(path.delimiter)
    const how = { cwd: folder, env: { ...process.env, PATH } }
    const child = execFile('sh', ['-ec', commands], how, (_, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, text: stdout + stderr }),
    )
  })
}

beforeEach(() => routeIs())

test('the documents have kubectl commands', () => expect(BLOCKS.length).toBeGreaterThan(5))

test.each(BLOCKS.map(({ block }) => [`${block.file}:${block.line}`, block.text] as const))(
  'the kubectl commands at %s work',
  async (_, commands) => {
    const { status, text } = await paste(commands)
    expect(text).not.toBe('')
    expect({ status, text }).toMatchObject({ status: 0 })
  },
)
