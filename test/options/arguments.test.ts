import { describe, expect, test } from 'vitest'
import { inputTexts } from '../../kit/options/texts.ts'
import { COMMANDS } from '../../src/commands/commands.ts'
import { fromArguments } from '../../src/options/arguments.ts'

const NOTHING = () => {
  throw new Error('standard input was read')
}

describe('the command line', () => {
  test('has the mode as its first word, then options with their values', () => {
    const { raw, asked, problems } = fromArguments(
      ['verify', '--namespace', 'demo', '--weights=current', '--expect', '{v1: "^one"}'],
      NOTHING,
    )
    expect({ asked, problems }).toEqual({ asked: { kind: 'run' }, problems: [] })
    expect(raw('mode')).toBe('verify')
    expect(raw('namespace')).toBe('demo')
    expect(raw('weights')).toBe('current')
    expect(raw('expect')).toBe('{v1: "^one"}')
    expect(raw('subset')).toBeUndefined()
  })

  test('chooses what standard output is for, and refuses other words', () => {
    const outputOf = (...words: string[]) => {
      const { output, problems } = fromArguments(['plan', ...words], NOTHING)
      return [output, inputTexts(problems)]
    }
    expect(outputOf()).toEqual(['text', []])
    expect(outputOf('--output', 'text')).toEqual(['text', []])
    expect(outputOf('--output=json')).toEqual(['json', []])
    expect(outputOf('--output', 'yaml')).toEqual([
      'text',
      ['--output must be text or json, not "yaml".'],
    ])
    expect(outputOf('--output')).toEqual(['text', ['--output must have a value.']])
    expect(outputOf('--output', 'jsno')[1]).toEqual([
      '--output must be text or json, not "jsno". Did you mean json?',
    ])
  })

  test('accepts the mode as an option', () => {
    expect(fromArguments(['--mode', 'plan'], NOTHING).raw('mode')).toBe('plan')
    expect(fromArguments(['--mode=plan'], NOTHING).raw('mode')).toBe('plan')
  })

  test.each([
    [['shift', 'verify']],
    [['shift', '--mode', 'verify']],
    [['--mode', 'shift', 'verify']],
  ])('refuses two modes: %j', (words) => {
    const { problems } = fromArguments(words, NOTHING)
    expect(inputTexts(problems)).toEqual([
      'Unexpected word "verify". Use one mode, then KIND/NAME and options.',
    ])
  })

  test('takes no word behind two dashes for an option', () => {
    const { raw, problems } = fromArguments(['plan', '-n', 'demo', '--', 'vs/a'], NOTHING)
    expect([raw('virtual-service'), problems]).toEqual(['a', []])
    expect(fromArguments(['plan', '--', '--help'], NOTHING).asked).toEqual({ kind: 'run' })
  })

  test('keeps an empty value of --payload and --kubeconfig', () => {
    const { raw } = fromArguments(['shift', '--payload', '', '--kubeconfig='], NOTHING)
    expect(raw('payload')).toBe('')
    expect(raw('kubeconfig')).toBe('')
  })

  test('keeps equals signs, dashes and quotes in a value', () => {
    const { raw } = fromArguments(
      ['shift', '--payload=-x=1', '--expect={v1: "a=b"}', "--probe-command=nc 'a'", '--subset=--x'],
      NOTHING,
    )
    expect(raw('payload')).toBe('-x=1')
    expect(raw('expect')).toBe('{v1: "a=b"}')
    expect(raw('probe-command')).toBe("nc 'a'")
    expect(raw('subset')).toBe('--x')
  })

  test.each([
    ['--virtual', '--virtual-service'],
    ['--weight-s', '--weight'],
    ['--weigth', 'Did you mean --weight?'],
    ['--wieghts', 'Did you mean --weights?'],
    ['--ouput', '--output'],
    ['--verison', '--version'],
  ])('suggests for %s: %s', (word, meant) => {
    const { problems } = fromArguments(['shift', `${word}`], NOTHING)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ input: word, code: 'ITS-INPUT-UNKNOWN' })
    expect(inputTexts(problems)[0]).toContain(meant)
  })

  test('reports every unknown option and every option without a value at once', () => {
    const { problems } = fromArguments(['--qqq', '--zzz=1', '--subset'], NOTHING)
    expect(problems.map(({ input }) => input)).toEqual(['--qqq', '--zzz', '--subset'])
    expect(inputTexts(problems)[0]).toBe('There is no option --qqq. --help lists all options.')
  })

  test.each([
    [['shift', '--weigth', '20'], '--weigth'],
    [['shift', '--weight', '--expect', '{v1: "^one"}'], '--weight'],
  ])('reports of %j only the option, not the word after it', (words, wrong) => {
    const { problems } = fromArguments(words, NOTHING)
    expect(problems.map(({ input }) => input)).toEqual([wrong])
  })

  test('accepts a value that begins with one dash, and refuses another option as a value', () => {
    const { problems, raw } = fromArguments(
      ['shift', '--weight', '-5', '--payload', '-', '--subset', '--endpoint=a:1'],
      NOTHING,
    )
    expect(raw('weight')).toBe('-5')
    expect(raw('payload')).toBe('-')
    expect(raw('subset')).toBeUndefined()
    expect(inputTexts(problems)).toEqual([
      '--subset must have a value, and "--endpoint=a:1" looks like another option. Write a value that begins with two dashes as --subset=--...',
    ])
  })

  test.each<[string[], object]>([
    [['--help'], { kind: 'help', topic: undefined, wrong: [] }],
    [['-h'], { kind: 'help', topic: undefined, wrong: [] }],
    [['help'], { kind: 'help', topic: undefined, wrong: [] }],
    [['shift', '--help'], { kind: 'help', topic: 'shift', wrong: [] }],
    [['--help', 'plan'], { kind: 'help', topic: 'plan', wrong: [] }],
    [['help', 'rollback'], { kind: 'help', topic: 'rollback', wrong: [] }],
    [['--version'], { kind: 'version' }],
    [['-V'], { kind: 'version' }],
    [['version'], { kind: 'version' }],
  ])('%j asks for %j and runs nothing', (words, asked) => {
    expect(fromArguments(words, NOTHING)).toMatchObject({ asked, problems: [] })
  })

  test.each([
    [['help', 'shfit'], 'not "shfit". Did you mean shift?'],
    [['shove', '--help'], 'not "shove".'],
    [['help', 'shift', 'plan'], 'Unexpected word "plan".'],
  ])('has no help for %j, and says why', (words, why) => {
    const { asked } = fromArguments(words, NOTHING)
    const wrong = asked.kind === 'help' ? asked.wrong : []
    expect(inputTexts(wrong)).toEqual([expect.stringContaining(why)])
  })

  test.each([
    'VirtualService',
    'virtualservice',
    'virtualservices',
    'vs',
    'VS',
    'virtualservice.networking.istio.io',
    'virtualservices.networking.istio.io',
    'virtualservices.v1beta1.networking.istio.io',
  ])('names the object as %s/NAME after the mode', (kind) => {
    const { raw, problems } = fromArguments(['plan', `${kind}/tcp-echo`, '-n', 'demo'], NOTHING)
    expect(problems).toEqual([])
    expect([raw('mode'), raw('namespace'), raw('virtual-service')]).toEqual([
      'plan',
      'demo',
      'tcp-echo',
    ])
  })

  test('refuses two different objects, and an object of another kind', () => {
    const twice = ['plan', 'vs/a', '--virtual-service', 'b']
    expect(inputTexts(fromArguments(twice, NOTHING).problems)).toEqual([
      'Only one VirtualService can be named, not "a" and "b".',
    ])
    expect(fromArguments(['plan', 'vs/a', '--virtual-service', 'a'], NOTHING).problems).toEqual([])
    expect(inputTexts(fromArguments(['plan', 'Gateway/a'], NOTHING).problems)).toEqual([
      '"Gateway/a" cannot be shifted. Use KIND/NAME, with the kind VirtualService, HTTPRoute, GRPCRoute, TLSRoute or TCPRoute.',
    ])
  })

  test.each([
    [
      ['httproute/a', 'vs/a'],
      'Only one object can be named, not "HTTPRoute/a" and "VirtualService/a".',
    ],
    [
      ['httproute/a', '--object', 'HTTPRoute/b'],
      'Only one HTTPRoute can be named, not "a" and "b".',
    ],
    [['vs/a', 'vs/b'], 'Only one VirtualService can be named, not "a" and "b".'],
    [['--weight', '10', '--weight=20'], '--weight can be given only once, not as "10" and "20".'],
    [['-n', 'a', '--namespace', 'b'], '--namespace can be given only once, not as "a" and "b".'],
    [
      ['--virtual-service', 'a', '--virtual-service', 'b'],
      '--virtual-service can be given only once, not as "a" and "b".',
    ],
    [
      ['--output', 'json', '--output', 'text'],
      '--output can be given only once, not as "json" and "text".',
    ],
  ])('refuses %j, and names both', (words, text) => {
    expect(inputTexts(fromArguments(['plan', ...words], NOTHING).problems)).toEqual([text])
  })

  test.each([
    [['vs/a', 'VirtualService/a']],
    [['--weight', '10', '--weight=10']],
    [['-n', 'a', '--namespace=a']],
  ])('accepts %j, which are the same twice', (words) => {
    expect(fromArguments(['plan', ...words], NOTHING).problems).toEqual([])
  })

  test('shows no kubeconfig that is given twice, except its path', () => {
    const words = ['plan', '--kubeconfig', 'secret', '--kubeconfig', './config.yaml']
    const [text] = inputTexts(fromArguments(words, NOTHING).problems)
    expect(text).toContain('only once')
    expect(text).toContain('./config.yaml')
    expect(text).not.toContain('secret')
  })

  test.each([[['-n', 'demo']], [['-n=demo']], [['-ndemo']]])(
    'reads the namespace of %j',
    (words) => {
      expect(fromArguments(['plan', ...words], NOTHING).raw('namespace')).toBe('demo')
    },
  )

  test('reads a word behind an equals sign for a flag that may have one', () => {
    const wordsOf = (...words: string[]) => {
      const { asked, problems } = fromArguments(['init', ...words], NOTHING, COMMANDS)
      return [asked, problems]
    }
    const asked = { kind: 'command', name: 'init', words: ['a.yml'] }
    expect(wordsOf('--write=a.yml')).toEqual([asked, []])
    expect(wordsOf('--write', 'a.yml')).toEqual([asked, []])
    expect(wordsOf('--write=')).toEqual([{ ...asked, words: [''] }, []])
  })

  test('reads --dry-run as the mode plan', () => {
    expect(fromArguments(['shift', '--dry-run'], NOTHING).raw('mode')).toBe('plan')
    expect(fromArguments(['--dry-run'], NOTHING).raw('mode')).toBe('plan')
    expect(fromArguments(['plan', '--dry-run'], NOTHING).problems).toEqual([])
    expect(inputTexts(fromArguments(['verify', '--dry-run'], NOTHING).problems)).toEqual([
      '--dry-run cannot be combined with mode "verify".',
    ])
    expect(inputTexts(fromArguments(['shift', '--dry-run=false'], NOTHING).problems)).toEqual([
      '--dry-run takes no value.',
    ])
  })

  test('accepts the other name of an option', () => {
    const { raw, problems } = fromArguments(['shift', '--destination', 'v2'], NOTHING)
    expect([raw('destination'), problems]).toEqual(['v2', []])
  })

  test('reads standard input only for a kubeconfig of -', () => {
    const { raw } = fromArguments(['shift', '--kubeconfig', '-'], () => 'apiVersion: v1\n')
    expect(raw('kubeconfig')).toBe('apiVersion: v1\n')
    expect(raw('gateway-kubeconfig')).toBeUndefined()
  })

  test('reads standard input once for both kubeconfigs', () => {
    const texts = ['apiVersion: v1\n']
    const { raw } = fromArguments(
      ['shift', '--kubeconfig', '-', '--gateway-kubeconfig=-'],
      () => texts.pop() ?? '',
    )
    expect(raw('kubeconfig')).toBe('apiVersion: v1\n')
    expect(raw('gateway-kubeconfig')).toBe('apiVersion: v1\n')
  })
})
