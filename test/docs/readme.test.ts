import { expect, test } from 'vitest'
import { pages } from '../../kit/docs/markdown.ts'

const [{ text } = { text: '' }] = pages('README.md')
const MOST_WORDS = 1700
/** What a reader sees without scrolling, about. */
const FIRST_SCREEN_LINES = 30

test(`the README has at most ${MOST_WORDS} words outside its generated tables`, () => {
  const written = text.replaceAll(/<!-- ([\w-]+) -->[\s\S]*?<!-- \/\1 -->/g, '')
  const words = written.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
  expect(words.length).toBeGreaterThan(500)
  expect(words.length).toBeLessThanOrEqual(MOST_WORDS)
})

test('the first screen of the README has the commands that try and test everything', () => {
  const screen = text.split('\n').slice(0, FIRST_SCREEN_LINES)
  expect(screen).toContain('npm ci && npm run demo')
  expect(screen).toContain('npm ci && npm test')
})
