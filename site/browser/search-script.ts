import { type Part, searchOf } from './search.ts'

declare global {
  /** The parts of all pages, from search-data.js. */
  var documentation: readonly Part[]
}

globalThis.searchDocumentation = searchOf(globalThis.documentation)
