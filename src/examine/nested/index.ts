/** Files in files: archives and compressed files of a layer, looked into while they pass. */
export { type ByteSink, NOWHERE } from './byte-sink.ts';
export { NestedExaminer } from './nested-examiner.ts';
