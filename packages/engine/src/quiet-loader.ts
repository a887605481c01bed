import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The file beside the binding that {@link QUIET_LOADER_SOURCE} is compiled to. */
export const QUIET_LOADER = 'quiet_loader.node';

/**
 * TensorFlow 2.21 announces oneDNN on standard error by its static initializers, which no variable keeps from doing so: they run
 * before TF_CPP_MIN_LOG_LEVEL is looked at. This addon opens the library with standard error led away, before the binding needs it.
 */
export const QUIET_LOADER_SOURCE = `#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <string>
#include <unistd.h>

static napi_value Preload(napi_env env, napi_callback_info info) {
  size_t argc = 1, length = 0;
  napi_value path_value;
  if (napi_get_cb_info(env, info, &argc, &path_value, nullptr, nullptr) != napi_ok || argc < 1) return nullptr;
  if (napi_get_value_string_utf8(env, path_value, nullptr, 0, &length) != napi_ok) return nullptr;
  std::string path(length + 1, 0);
  if (napi_get_value_string_utf8(env, path_value, &path[0], length + 1, &length) != napi_ok) return nullptr;
  const int stderr_copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const bool led_away = stderr_copy >= 0 && nowhere >= 0 && dup2(nowhere, STDERR_FILENO) >= 0;
  dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (led_away) dup2(stderr_copy, STDERR_FILENO);
  if (stderr_copy >= 0) close(stderr_copy);
  if (nowhere >= 0) close(nowhere);
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value preload;
  if (napi_create_function(env, "preload", NAPI_AUTO_LENGTH, Preload, nullptr, &preload) != napi_ok) return nullptr;
  return preload;
}
`;

/** Opens a library; what keeps it from opening, the binding will say. */
export type Preload = (library: string) => void;

/** The addon beside a binding; undefined where there is none, or TF_CPP_MIN_LOG_LEVEL is 0: then everything is to be seen. */
export function findQuietLoader(bindingFile: string): string | undefined {
  const loader = join(dirname(bindingFile), QUIET_LOADER);
  return process.env['TF_CPP_MIN_LOG_LEVEL'] !== '0' && existsSync(loader) ? loader : undefined;
}
