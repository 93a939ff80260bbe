import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { brokenLinks } from '../../kit/docs/links.ts'
import { ROOT } from '../../kit/docs/markdown.ts'
import { missingPages, navigation } from '../../kit/docs/navigation.ts'
import { type Part, searchOf } from '../browser/search.ts'
import { buildSite, OUT } from '../build.ts'
import { type BuiltPage, deadLinks, unnamedPages, unreachedPages } from './links.ts'

/** Queries, and the address that must be among the first three results of each. */
const QUERIES: readonly (readonly [query: string, address: string])[] = [
  ['ITS-OFF-TARGET', 'docs/errors.html#its-off-target'],
  ['its-lock', 'docs/errors.html#its-locked'],
  ['no recognized reply', 'docs/errors.html#its-no-recognized-reply'],
  ['stamps', 'docs/http.html#stamps'],
  ['choose a limit', 'docs/health.html#how-to-choose-a-limit'],
  ['job-template', 'index.html#input-job-template'],
  ['max-errors', 'index.html#input-max-errors'],
  ['journal', 'docs/design.html#the-journal'],
  ['gateway api', 'docs/gateway-api.html'],
  ['quick start', 'index.html#quick-start'],
]
const FIRST = 3

process.chdir(ROOT)
const pages = await buildSite()
const built: BuiltPage[] = pages.map((page) => ({
  path: page.path,
  html: readFileSync(path.join(OUT, page.path), 'utf8'),
}))
const problems = [
  ...missingPages(
    navigation(),
    pages.filter(({ file }) => existsSync(path.join(ROOT, file))),
  ).map((file) => `${file}: the page is missing in docs/README.md`),
  ...pages.flatMap((page) =>
    brokenLinks(page).map((link) => `${page.file}: "${link}" leads nowhere on GitHub`),
  ),
  ...deadLinks(built, (file) => existsSync(path.join(OUT, file))),
  ...unreachedPages(built),
  ...unnamedPages(built),
  ...missedQueries(pages.flatMap((page) => page.parts).map((part, id) => ({ id, ...part }))),
]
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.stdout.write(
  problems.length === 0
    ? `The site has ${pages.length} pages. Every link, title and query is as it should be.\n`
    : `${problems.length} problems in the site.\n`,
)
process.exitCode = problems.length === 0 ? 0 : 1

function missedQueries(parts: readonly Part[]): string[] {
  const search = searchOf(parts)
  return QUERIES.flatMap(([query, address]) => {
    const found = search(query).slice(0, FIRST)
    if (found.some(({ part }) => part.address === address)) return []
    const instead = found.map(({ part }) => part.address).join(', ') || 'nothing'
    return [`The search for "${query}" does not find ${address}, but ${instead}.`]
  })
}
