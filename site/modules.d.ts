/** What the site uses of packages that only site/package.json installs, so that the types hold without them. */

declare module '@11ty/eleventy' {
  export type Config = {
    addTemplate(path: string, content: string, data: object): void
    addPassthroughCopy(paths: Readonly<Record<string, string>>): void
    setLibrary(extension: string, library: object): void
    setLayoutsDirectory(folder: string): void
    setTemplateFormats(formats: readonly string[]): void
    setUseGitIgnore(use: boolean): void
  }
  export default class Eleventy {
    constructor(
      input: string,
      output: string,
      options: { quietMode: boolean; configPath: string | false; config(config: Config): void },
    )
    write(): Promise<unknown>
  }
}

declare module 'markdown-it' {
  export type Token = {
    type: string
    tag: string
    info: string
    content: string
    map: [number, number] | null
    children: Token[] | null
    attrGet(name: string): string | null
    attrSet(name: string, value: string): void
  }
  type Rule = (tokens: Token[], index: number) => string
  export default class MarkdownIt {
    constructor(options: {
      html: boolean
      linkify: boolean
      highlight?: (code: string, language: string) => string
    })
    core: { ruler: { push(name: string, rule: (state: State) => void): void } }
    renderer: { rules: Record<string, Rule | undefined> }
    utils: { escapeHtml(text: string): string }
    parse(text: string, env: object): Token[]
    render(text: string, env: object): string
  }
  export type State = { tokens: Token[]; env: { file?: string } }
}

declare module 'beautiful-mermaid' {
  export function renderMermaidSVG(
    text: string,
    options: Readonly<Record<string, string | boolean | number>>,
  ): string
}

declare module 'highlight.js/lib/common' {
  const highlighter: {
    getLanguage(name: string): object | undefined
    highlight(code: string, options: { language: string }): { value: string }
    registerLanguage(name: string, language: unknown): void
  }
  export default highlighter
}

declare module 'highlight.js/lib/languages/groovy' {
  const language: object
  export default language
}

declare module 'minisearch' {
  export type Found = { id: number; terms: string[]; score: number }
  export default class MiniSearch<T extends { id: number }> {
    constructor(options: {
      fields: (keyof T & string)[]
      tokenize: (text: string) => string[]
      searchOptions: {
        boost: Partial<Record<keyof T & string, number>>
        combineWith: 'AND' | 'OR'
        prefix: boolean
        fuzzy: (term: string) => number | boolean
        tokenize: (text: string) => string[]
      }
    })
    addAll(documents: readonly T[]): void
    search(query: string): Found[]
  }
}
