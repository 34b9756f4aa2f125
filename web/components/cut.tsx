import "./cut.css";

const LONG = 36;
const TAIL = 12;
const ID_TAIL = 8;

export const isLong = (text: string): boolean => text.length > LONG;

/** An id, of which its end tells it from those made beside it; where room is short, what stands before gives way. A link around it has the whole as its label. */
export const CutId = ({ id }: { id: string }) => (
  <span className="rd-cut" title={id}>
    <span>{id.slice(0, -ID_TAIL)}</span>
    <span>{id.slice(-ID_TAIL)}</span>
  </span>
);

/** A text of which, where it is long, the middle gives way and no column is pushed off the screen: its end tells a name from its like. A link around it has the whole as its label. */
export function Cut({ text }: { text: string }) {
  if (!isLong(text)) return text;
  const letters = Array.from(text);
  return (
    <span className="rd-cut" title={text}>
      <span>{letters.slice(0, -TAIL).join("")}</span>
      <span>{letters.slice(-TAIL).join("")}</span>
    </span>
  );
}
