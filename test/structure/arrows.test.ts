import path from 'node:path'
import { expect, test } from 'vitest'
import { pages } from '../../kit/docs/markdown.ts'
import { KNOWN_CYCLES } from './known.ts'
import { cyclesOf, readModules, wingOf } from './modules.ts'

const MODULES = readModules()
const MOST_FILES = 20

/** The picture of docs/design.md: each arrow from a wing to another one that it may import, and to all below that. */
const ARROWS = [...structureOf('docs/design.md').matchAll(/^ *([\w& ]+) --> ([\w& ]+)$/gm)].flatMap(
  ([, from = '', to = '']) =>
    from.split(' & ').flatMap((one) => to.split(' & ').map((other) => [one, other] as const)),
)

function structureOf(page: string): string {
  const [{ text } = { text: '' }] = pages(page)
  return /^## Structure\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text)?.[1] ?? ''
}

/** The wings that a wing may import: those that its arrows lead to, directly or through others. */
function below(wing: string): Set<string> {
  const reached = new Set<string>()
  const visit = (from: string) => {
    for (const [one, other] of ARROWS) {
      if (one !== from || reached.has(other)) continue
      reached.add(other)
      visit(other)
    }
  }
  visit(wing)
  return reached
}

test('every import between wings follows an arrow of the picture in docs/design.md', () => {
  const wrong = MODULES.flatMap(({ file, imports }) =>
    imports
      .filter((imported) => wingOf(imported) !== wingOf(file))
      .filter((imported) => !below(wingOf(file)).has(wingOf(imported)))
      .map((imported) => `${file} -> ${imported}`),
  )
  expect(wrong).toEqual([])
})

test('no arrow of the picture leads back to the wing from which it comes', () => {
  const wings = new Set(ARROWS.flat())
  expect([...wings].filter((wing) => below(wing).has(wing))).toEqual([])
})

test('the picture has every wing of src, and no other', () => {
  expect([...new Set(ARROWS.flat())].sort()).toEqual(
    [...new Set(MODULES.map(({ file }) => wingOf(file)))].sort(),
  )
})

test('no file imports itself through other files', () => {
  expect(cyclesOf(MODULES).filter((cycle) => !KNOWN_CYCLES.includes(cycle))).toEqual([])
})

test(`no folder of src has more than ${MOST_FILES} files`, () => {
  const folders = MODULES.map(({ file }) => path.dirname(file))
  const filesIn = (folder: string) => folders.filter((one) => one === folder).length
  const large = [...new Set(folders)].filter((folder) => filesIn(folder) > MOST_FILES)
  expect(large).toEqual([])
})
