import { describe, expect, test } from 'vitest'
import { inputTexts } from '../../kit/options/texts.ts'
import { fromArguments } from '../../src/options/arguments.ts'

const NOTHING = () => {
  throw new Error('standard input was read')
}

describe('the command line', () => {
  test('suggests the command for a misspelled one, also behind help', () => {
    const commands = [{ name: 'completion', flags: [], options: [] }]
    for (const words of [['completoin'], ['help', 'completoin']]) {
      const { problems } = fromArguments(words, NOTHING, commands)
      expect(inputTexts(problems)).toEqual([
        'There is no mode or command "completoin". Did you mean completion?',
      ])
    }
    const other = fromArguments(['help', 'x'], NOTHING, commands)
    expect(inputTexts(other.problems)).toEqual([
      'There is no mode or command "x". Use shift, verify, plan, rollback, status, completion.',
    ])
    const { asked } = fromArguments(['help', 'completoin'], NOTHING, commands)
    expect(asked).toMatchObject({ kind: 'help', topic: undefined, wrong: [{ input: 'mode' }] })
    expect(fromArguments(['help', 'completion'], NOTHING, commands)).toMatchObject({
      asked: { kind: 'help', topic: 'completion', wrong: [] },
    })
  })

  test('gives a command its words, its flags and the options that it takes, and refuses others', () => {
    const commands = [
      {
        name: 'look',
        flags: [{ name: 'deep', text: '' }],
        options: ['namespace', 'object', 'virtual-service'],
        takesWords: true,
      },
    ]
    const given = fromArguments(['look', 'here', '--deep', 'vs/a', '-n', 'b'], NOTHING, commands)
    expect(given).toMatchObject({
      asked: { kind: 'command', name: 'look', words: ['here'] },
      problems: [],
    })
    expect([given.flag('deep'), given.raw('virtual-service'), given.raw('namespace')]).toEqual([
      '',
      'a',
      'b',
    ])
    expect(
      inputTexts(fromArguments(['look', '--weight', '5'], NOTHING, commands).problems),
    ).toEqual(['--weight cannot be combined with look.'])
    expect(inputTexts(fromArguments(['shift', '--deep'], NOTHING, commands).problems)).toEqual([
      '--deep cannot be combined with a mode.',
    ])
  })
})
