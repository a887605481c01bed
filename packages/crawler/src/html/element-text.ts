import { isTag, isText } from 'domhandler';
import type { ParentNode } from 'domhandler';
import { cleanText } from './clean-text.ts';

const UNREAD = new Set(['script', 'style', 'template', 'noscript', 'textarea', 'select']);
const APART = new Set('br p div li td th tr dd dt h1 h2 h3 h4 h5 h6 section'.split(' '));

/** All text in an element, as one line. */
export function elementText(root: ParentNode): string {
  const pieces: string[] = [];
  const visit = (parent: ParentNode, depth: number): void => {
    for (const child of parent.children) {
      if (isText(child)) pieces.push(child.data);
      else if (isTag(child) && !UNREAD.has(child.name) && depth > 0) {
        visit(child, depth - 1);
        if (APART.has(child.name)) pieces.push(' ');
      }
    }
  };
  visit(root, 512);
  return cleanText(pieces.join(''));
}
