// Writes web/routeTree.gen.ts from the files in web/routes, so that types can be checked without a build.
import { Generator, getConfig } from "@tanstack/router-generator";

const root = new URL("..", import.meta.url).pathname;
await new Generator({ config: getConfig({}, root), root }).run();
