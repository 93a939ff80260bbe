import path from 'node:path'
import { expect, test } from 'vitest'
import { pages } from '../../kit/docs/markdown.ts'
import { KNOWN_CYCLES } from './known.ts'
import { cyclesOf, folderOf, readModules } from './modules.ts'

const MODULES = readModules()
const MOST_FILES = 20

/** The picture of docs/design.md: each arrow from a top folder of src to another one that it may import, and to all below that. */
const ARROWS = [...structureOf('docs/design.md').matchAll(/^ *([\w& ]+) --> ([\w& ]+)$/gm)].flatMap(
  ([, from = '', to = '']) =>
    from.split(' & ').flatMap((one) => to.split(' & ').map((other) => [one, other] as const)),
)

function structureOf(page: string): string {
  const [{ text } = { text: '' }] = pages(page)
  return /^## Structure\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text)?.[1] ?? ''
}

/** The folders that a folder may import: those that its arrows lead to, directly or through others. */
function below(folder: string): Set<string> {
  const reached = new Set<string>()
  const visit = (from: string) => {
    for (const [one, other] of ARROWS) {
      if (one !== from || reached.has(other)) continue
      reached.add(other)
      visit(other)
    }
  }
  visit(folder)
  return reached
}

test('every import between folders follows an arrow of the picture in docs/design.md', () => {
  const wrong = MODULES.flatMap(({ file, imports }) =>
    imports
      .filter((imported) => folderOf(imported) !== folderOf(file))
      .filter((imported) => !below(folderOf(file)).has(folderOf(imported)))
      .map((imported) => `${file} -> ${imported}`),
  )
  expect(wrong).toEqual([])
})

test('no arrow of the picture leads back to the folder from which it comes', () => {
  const folders = new Set(ARROWS.flat())
  expect([...folders].filter((folder) => below(folder).has(folder))).toEqual([])
})

test('the picture has every folder of src, and no other', () => {
  expect([...new Set(ARROWS.flat())].sort()).toEqual(
    [...new Set(MODULES.map(({ file }) => folderOf(file)))].sort(),
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
