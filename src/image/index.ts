/** An image and its layers, whichever source they came from. */
export { alignHistory } from './history.ts';
export { type Image, type ImageLayer, selectPlatforms, toImages } from './image.ts';
export { formatInstruction } from './instruction.ts';
export { distinguishImages } from './platform-labels.ts';
