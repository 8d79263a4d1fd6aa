// Loaded with `node --import` into a program that bin/pinned.js started.
import { followParent } from './follow-parent.js';

followParent();
