import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../kit/docs/markdown.ts'

/** What people read: names in code, comments, messages and documents. dist/ is built from src/. */
const READ = [
  '*.md',
  'action.yml',
  'package.json',
  '.github/**/*.{md,yml}',
  '{examples,docs,bench,build,e2e,kit,sandbox,src,test}/**/*',
]
/** The list, and the test of the search itself. */
const QUOTING = [
  'test/docs/vocabulary.txt',
  'test/docs/vocabulary.test.ts',
  'src/host/debug-lines.ts',
  'test/host/debug-lines.test.ts',
]

type Wrong = { expression: RegExp; instead: string }

const LIST: readonly Wrong[] = readFileSync(path.join(ROOT, 'test/docs/vocabulary.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [words = '', instead = ''] = line.split(' = ')
    const spaced = words.replaceAll(' ', '(?: +|-|\\n)')
    return { expression: new RegExp(`\\b(?:${spaced})\\b`, 'gi'), instead }
  })

/** The text with each sentence of a comment as one, and the words of a name apart. Lines stay lines. */
function asProse(text: string): string {
  return text
    .replaceAll(/ *\n[ \t]*(?:(?:\*|\/\/|#|>)(?= ) *)?/g, '\n')
    .replaceAll(/([a-z0-9])(?=[A-Z])/g, '$1 ')
    .replaceAll('_', ' ')
}

/** Each place with a word of the list: its line, the words, and what to say instead. */
function wrongWords(text: string): string[] {
  const prose = asProse(text)
  return LIST.flatMap(({ expression, instead }) =>
    [...prose.matchAll(expression)].map((match) => {
      const line = prose.slice(0, match.index).split('\n').length
      return `${line}: "${match[0].replaceAll('\n', ' ')}". Say instead: ${instead}.`
    }),
  )
}

// VOCABULARY='src/kube/**' searches other files, while they are being rewritten.
const PATTERNS = process.env.VOCABULARY?.split(' ') ?? READ
const FILES = globSync(PATTERNS, { cwd: ROOT, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
  .filter(
    (file) => !QUOTING.includes(file) && /(\.(ts|md|yml|json|txt|go)|Jenkinsfile)$/.test(file),
  )
  .sort()

describe('no word that is wrong in every sense is used in', () => {
  test.each(FILES)('%s', (file) => {
    const found = wrongWords(readFileSync(path.join(ROOT, file), 'utf8'))
    expect(found.map((each) => `${file}:${each}`)).toEqual([])
  })
})

describe('the search for wrong words', () => {
  test('has something to say in place of each of them', () => {
    expect(LIST.length).toBeGreaterThan(30)
    for (const { instead } of LIST) expect(instead).not.toBe('')
  })

  test.each([
    ['a sentence', 'Whoever reads this.'],
    ['a name', 'const mendBlock = 1'],
    ['a constant', 'OLD_WEIGHTS'],
    [
      'a sentence over two lines of a comment',
      '/**\n * It puts the weights\n * back at once.\n */',
    ],
  ])('finds them in %s', (_, text) => {
    expect(wrongWords(text)).toHaveLength(1)
  })

  test('finds no word within another one', () => {
    expect(wrongWords('We recommend this. It is no more than 3. Put it on the backend.')).toEqual(
      [],
    )
  })

  test('says on which line a word is', () => {
    expect(wrongWords('One.\n\n// Two.\n// Done by hand.')).toEqual([
      '4: "by hand". Say instead: manually, yourself.',
    ])
  })
})
