/** TensorFlow's key of all ranks as a group; any number will do that is the same on all of them. */
export const GROUP_KEY = 1;
