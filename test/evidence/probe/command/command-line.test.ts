import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { parseCommandLine } from '../../../../src/evidence/probe/command/command-line.ts'
import { shellQuoted } from '../../../../src/problem/shell-quoted.ts'

describe('a command line', () => {
  test.each([
    ['nc', ['nc']],
    ['nc -w 2  host\t9000\n', ['nc', '-w', '2', 'host', '9000']],
    ['sh -c "echo $PROBE_HOST"', ['sh', '-c', 'echo $PROBE_HOST']],
    [`sh -c 'echo "a  b"'`, ['sh', '-c', 'echo "a  b"']],
    ['say "a \\"b\\" \\\\ \\n"', ['say', 'a "b" \\ \\n']],
    [`a'b c'"d e"f`, ['ab cd ef']],
    [`say '' ""`, ['say', '', '']],
    [`it\\'s \\"one\\"`, ["it's", '"one"']],
    ['C:\\tools\\nc.exe *', ['C:\\tools\\nc.exe', '*']],
  ])('%s is the words %j', (text, words) => {
    expect(parseCommandLine(text)).toEqual(words)
  })

  test.each(['', ' ', `say 'a`, 'say "a', `say "a\\"`, `say 'a' "b' c`])('%j is none', (text) => {
    expect(parseCommandLine(text)).toBeUndefined()
  })

  test('of words that are quoted as for a shell is those words', () => {
    const words = fc.array(fc.string(), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(words, (given) => {
        expect(parseCommandLine(given.map(shellQuoted).join(' '))).toEqual(given)
      }),
      { seed: 1 },
    )
  })

  test('is read as a shell reads it, where that expands nothing', () => {
    const text = `a 'b c' "d 'e' \\"f\\""g '"'h\\'i`
    const replyCounts = execFileSync('sh', ['-c', `printf '%s\\n' ${text}`], { encoding: 'utf8' })
    expect(parseCommandLine(text)).toEqual(replyCounts.trimEnd().split('\n'))
  })
})
