/** The parser of HTTP/1.1 that Node and undici use, compiled to WebAssembly. */
declare module 'undici/lib/llhttp/llhttp-wasm.js' {
  const code: Uint8Array<ArrayBuffer>
  export = code
}

/** What is used of it. TypeScript has it only together with the types of browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array<ArrayBuffer>)
  }
  class Instance {
    constructor(module: Module, imports: { env: object })
    readonly exports: unknown
  }
  type Memory = { readonly buffer: ArrayBuffer }
}
