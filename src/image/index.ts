/** An image and its layers, whichever source they came from. */
export { type AlignedHistory, alignHistory, type LayerOrigin, type LayerStep } from './history.ts';
export { type Image, type ImageLayer, selectPlatforms, toImages } from './image.ts';
export { formatInstruction } from './instruction.ts';
export { distinguishImages } from './platform-labels.ts';
