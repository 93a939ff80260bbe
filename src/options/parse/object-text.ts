import { isObjectName } from '../../kube/names.ts'

/** `vs`, and the resource as kubectl prints it and takes it: with its group, and with a version between them. */
const VIRTUAL_SERVICE = /^(?:vs|virtualservices?(?:(?:\.v\d\w*)?\.networking\.istio\.io)?)\/(.*)$/is

/** The name in a word such as `VirtualService/NAME`; undefined where the word names no VirtualService. */
export function objectNameIn(word: string): string | undefined {
  return VIRTUAL_SERVICE.exec(word)?.[1]
}

/** The same, where it can be the name of an object. */
export function parseObjectText(text: string): string | undefined {
  const name = objectNameIn(text)
  return name !== undefined && isObjectName(name) ? name : undefined
}
