import { expectCurrentFolder } from "../../common/current-folder";
import { InputError } from "../../common/input-error";

test("a current folder that was removed is an error in words, and another one is none", () => {
  expectCurrentFolder();
  jest.spyOn(process, "cwd").mockImplementation(() => {
    throw Object.assign(new Error("ENOENT: no such file or directory, uv_cwd"), { code: "ENOENT", syscall: "uv_cwd" });
  });
  try {
    expect(expectCurrentFolder).toThrow(InputError);
    expect(expectCurrentFolder).toThrow(/^Can't find the current folder: it was removed or moved\./);
  } finally {
    jest.restoreAllMocks();
  }
});
