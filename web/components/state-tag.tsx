import CheckCircleFilled from "@ant-design/icons/es/icons/CheckCircleFilled";
import ClockCircleOutlined from "@ant-design/icons/es/icons/ClockCircleOutlined";
import CloseCircleFilled from "@ant-design/icons/es/icons/CloseCircleFilled";
import ExclamationCircleFilled from "@ant-design/icons/es/icons/ExclamationCircleFilled";
import InfoCircleFilled from "@ant-design/icons/es/icons/InfoCircleFilled";
import MinusCircleOutlined from "@ant-design/icons/es/icons/MinusCircleOutlined";
import QuestionCircleOutlined from "@ant-design/icons/es/icons/QuestionCircleOutlined";
import SyncOutlined from "@ant-design/icons/es/icons/SyncOutlined";
import type { ReactNode } from "react";
import { visible } from "../lib/visible.ts";
import "./state-tag.css";

/** good: green, warn: amber, bad: red, info and busy: blue, off, wait and unknown: grey. */
export type Tone = "good" | "warn" | "bad" | "info" | "busy" | "wait" | "off" | "unknown";

const icons: Record<Tone, ReactNode> = {
  good: <CheckCircleFilled />,
  warn: <ExclamationCircleFilled />,
  bad: <CloseCircleFilled />,
  info: <InfoCircleFilled />,
  busy: <SyncOutlined spin />,
  wait: <ClockCircleOutlined />,
  off: <MinusCircleOutlined />,
  unknown: <QuestionCircleOutlined />,
};

interface StateTagProps {
  tone: Tone;
  children: ReactNode;
  title?: string;
}

/** A state: never by colour alone, always an icon and a word. */
export const StateTag = ({ tone, children, title }: StateTagProps) => (
  <span className="rd-state" data-tone={tone} title={title}>
    <span aria-hidden="true">{icons[tone]}</span>
    {children}
  </span>
);

/** A plain label: a type, a role, a permission. */
export const Label = ({ children, title }: { children: ReactNode; title?: string }) => (
  <span className="rd-label" title={title}>
    {typeof children === "string" ? visible(children) : children}
  </span>
);

/** Only the dot of a state, where there is no room for the word: the word is its accessible name. */
export const StateDot = ({ tone, label }: { tone: Tone; label: string }) => (
  <span className="rd-dot" data-tone={tone} role="img" aria-label={label} title={label} />
);
