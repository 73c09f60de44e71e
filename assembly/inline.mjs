// Owns what `@inline` in the comment before a function means to the compiler: AssemblyScript's decorator of that name. TypeScript has no
// decorators on functions, so that with real ones no other tool could read these files.

import { Node, NodeKind } from 'assemblyscript';
import { Transform } from 'assemblyscript/transform';

const BEFORE = /\/\*\*(?:(?!\*\/)[\s\S])*@inline\s*\*\/\s*$/;

export default class Inline extends Transform {
  afterParse(parser) {
    for (const source of parser.sources) {
      if (source.internalPath.startsWith('~lib/')) continue;
      for (const statement of source.statements) {
        if (statement.kind !== NodeKind.FunctionDeclaration) continue;
        const { range } = statement;
        if (BEFORE.test(source.text.slice(0, source.text.lastIndexOf('\n', range.start) + 1))) {
          const name = Node.createIdentifierExpression('inline', range);
          statement.decorators = [...(statement.decorators ?? []), Node.createDecorator(name, null, range)];
        }
      }
    }
  }
}
