import { describe, expect, test } from 'vitest'
import { fromArguments, fromInputs, unknownInputs } from '../../src/options/sources.ts'

const NOTHING = () => {
  throw new Error('standard input was read')
}

describe("the step's inputs", () => {
  test('are read from the names under which the runner passes them', () => {
    const raw = fromInputs({
      'INPUT_VIRTUAL-SERVICE': 'tcp-echo',
      INPUT_WEIGHT: ' 20 ',
      INPUT_PAYLOAD: '',
      INPUT_VIRTUAL_SERVICE: 'not this one',
      weight: 'nor this one',
    })
    expect(raw('virtual-service')).toBe('tcp-echo')
    expect(raw('weight')).toBe(' 20 ')
    expect(raw('payload')).toBe('')
    expect(raw('namespace')).toBeUndefined()
  })

  test('that are written nearly like one that there is are wrong, all of them, and not shown', () => {
    expect(
      unknownInputs({
        INPUT_MDOE: 'verify',
        'INPUT_ON-FAILIURE': 'keep',
        INPUT_VIRTUAL_SERVICE: 'tcp-echo',
        INPUT_WEIGHT: '20',
        INPUT_KUBECONFG: 'token: secret',
      }),
    ).toEqual([
      { input: 'mdoe', got: undefined, wants: 'an input that exists (did you mean mode?)' },
      {
        input: 'on-failiure',
        got: undefined,
        wants: 'an input that exists (did you mean on-failure?)',
      },
      {
        input: 'virtual_service',
        got: undefined,
        wants: 'an input that exists (did you mean virtual-service?)',
      },
      {
        input: 'kubeconfg',
        got: undefined,
        wants: 'an input that exists (did you mean kubeconfig?)',
      },
    ])
  })

  test("are not mistaken for variables of the job's own, nor for what is empty", () => {
    const environment = { INPUT_TAG: 'v1.2.3', INPUT_WEIGTH: ' ', INPUT_: 'x', WEIGTH: '20' }
    expect(unknownInputs(environment)).toEqual([])
  })

  test('that are short are another word where a letter differs', () => {
    expect(unknownInputs({ INPUT_NODE: '20', INPUT_DATE: 'today', INPUT_GATE: 'x' })).toEqual([])
    expect(unknownInputs({ INPUT_RTAE: '20' })).toHaveLength(1)
  })
})

describe('the command line', () => {
  test('has the mode as its first word and options with their values after it', () => {
    const { raw, asked, problems } = fromArguments(
      ['verify', '--namespace', 'demo', '--weights=current', '--expect', '{v1: "^one"}'],
      NOTHING,
    )
    expect({ asked, problems }).toEqual({ asked: 'run', problems: [] })
    expect(raw('mode')).toBe('verify')
    expect(raw('namespace')).toBe('demo')
    expect(raw('weights')).toBe('current')
    expect(raw('expect')).toBe('{v1: "^one"}')
    expect(raw('subset')).toBeUndefined()
  })

  test('says what standard output is for, and takes no third thing', () => {
    const outputOf = (...words: string[]) => {
      const { output, problems } = fromArguments(['plan', ...words], NOTHING)
      return [output, problems.map(({ input, got }) => `${input} ${got}`)]
    }
    expect(outputOf()).toEqual(['text', []])
    expect(outputOf('--output', 'text')).toEqual(['text', []])
    expect(outputOf('--output=json')).toEqual(['json', []])
    expect(outputOf('--output', 'yaml')).toEqual(['text', ['--output yaml']])
    expect(outputOf('--output')).toEqual(['text', ['--output undefined']])
    expect(fromArguments(['plan', '--output', 'jsno'], NOTHING).problems[0]?.wants).toBe(
      'one of text, json (did you mean json?)',
    )
  })

  test('takes the mode as an option too', () => {
    expect(fromArguments(['--mode', 'plan'], NOTHING).raw('mode')).toBe('plan')
    expect(fromArguments(['--mode=plan'], NOTHING).raw('mode')).toBe('plan')
  })

  test.each([
    [['shift', 'verify']],
    [['shift', '--mode', 'verify']],
    [['--mode', 'shift', 'verify']],
  ])('refuses two modes: %j', (words) => {
    const { problems } = fromArguments(words, NOTHING)
    expect(problems).toEqual([
      { input: 'command line', got: 'verify', wants: 'one mode, then --options' },
    ])
  })

  test('keeps an empty value, as of --payload and --kubeconfig', () => {
    const { raw } = fromArguments(['shift', '--payload', '', '--kubeconfig='], NOTHING)
    expect(raw('payload')).toBe('')
    expect(raw('kubeconfig')).toBe('')
  })

  test('takes a value with an equals sign, a dash or a quote in it as it is', () => {
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
    ['-n', '--namespace'],
    ['--weigth', '(did you mean --weight?)'],
    ['--wieghts', '(did you mean --weights?)'],
    ['--ouput', '--output'],
    ['--verison', '--version'],
  ])('asks after %s whether %s was meant', (word, meant) => {
    const { problems } = fromArguments(['shift', `${word}`], NOTHING)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ input: word, got: undefined })
    expect(problems[0]?.wants).toContain(meant)
  })

  test('names every unknown option and every one without a value at once', () => {
    const { problems } = fromArguments(['--qqq', '--zzz=1', '--subset'], NOTHING)
    expect(problems.map(({ input }) => input)).toEqual(['--qqq', '--zzz', '--subset'])
    expect(problems[0]?.wants).toBe('an option that exists; --help lists them')
  })

  test.each([
    [['shift', '--weigth', '20'], '--weigth'],
    [['shift', '--weight', '--expect', '{v1: "^one"}'], '--weight'],
  ])('of %j names the option alone, not the word behind it', (words, wrong) => {
    const { problems } = fromArguments(words, NOTHING)
    expect(problems.map(({ input }) => input)).toEqual([wrong])
  })

  test('takes a value that begins with one dash, and tells another option from a value', () => {
    const { problems, raw } = fromArguments(
      ['shift', '--weight', '-5', '--payload', '-', '--subset', '--endpoint=a:1'],
      NOTHING,
    )
    expect(raw('weight')).toBe('-5')
    expect(raw('payload')).toBe('-')
    expect(raw('subset')).toBeUndefined()
    expect(problems).toEqual([
      {
        input: '--subset',
        got: '--endpoint=a:1',
        wants: 'a value; one that begins with two dashes is written --subset=--...',
      },
    ])
  })

  test.each([
    [['--help'], 'help'],
    [['-h'], 'help'],
    [['shift', '--help'], 'help'],
    [['--version'], 'version'],
  ])('%j asks for the %s and runs nothing', (words, asked) => {
    expect(fromArguments(words, NOTHING)).toMatchObject({ asked, problems: [] })
  })

  test('reads standard input for a kubeconfig of -, and only then', () => {
    const { raw } = fromArguments(['shift', '--kubeconfig', '-'], () => 'apiVersion: v1\n')
    expect(raw('kubeconfig')).toBe('apiVersion: v1\n')
    expect(raw('gateway-kubeconfig')).toBeUndefined()
  })

  test('gives both kubeconfigs of - the standard input, which can be read only once', () => {
    const texts = ['apiVersion: v1\n']
    const { raw } = fromArguments(
      ['shift', '--kubeconfig', '-', '--gateway-kubeconfig=-'],
      () => texts.pop() ?? '',
    )
    expect(raw('kubeconfig')).toBe('apiVersion: v1\n')
    expect(raw('gateway-kubeconfig')).toBe('apiVersion: v1\n')
  })
})
