import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { commandBlocks } from '../../kit/docs/commands.ts'
import { virtualService } from '../objects/tutorial.ts'
import { routeIs } from './support/route.ts'

const BLOCKS = commandBlocks().filter(({ runner }) => runner === 'real mesh')

/** The folder in which the commands run, with the manifest that a reader applies. */
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'documents-'))
  writeFileSync(join(folder, 'tcp-echo.yaml'), JSON.stringify(virtualService()))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs commands in a shell with kubectl and the administrator's KUBECONFIG. */
function paste(commands: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const child = execFile('sh', ['-ec', commands], { cwd: folder }, (_, stdout, stderr) =>
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
