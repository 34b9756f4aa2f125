package io.rocketdeck.oracle;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.PosixParser;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.srvutil.ServerUtil;
import org.apache.rocketmq.tools.command.MQAdminStartup;
import org.apache.rocketmq.tools.command.SubCommand;

/** The commands of mqadmin, without its start, which wants log configurations and ends the process. */
final class Commands {
  private final List<SubCommand> all;
  private final RPCHook hook;

  @SuppressWarnings("unchecked")
  Commands(RPCHook hook) throws ReflectiveOperationException {
    this.hook = hook;
    MQAdminStartup.initCommand();
    for (Field field : MQAdminStartup.class.getDeclaredFields()) {
      if (field.getType() == List.class) {
        field.setAccessible(true);
        all = (List<SubCommand>) field.get(null);
        return;
      }
    }
    throw new NoSuchFieldException("the list of commands");
  }

  /** What the command prints; commands print to the process's own output, so there is one at a time. */
  synchronized String run(String name, List<?> words) throws Exception {
    SubCommand command = all.stream().filter(one -> one.commandName().equals(name)).findFirst().orElseThrow();
    Options options = command.buildCommandlineOptions(ServerUtil.buildCommandlineOptions(new Options()));
    String[] line = words.stream().map(String::valueOf).toArray(String[]::new);
    // Newer versions of the library have a better one, 4.9's has not.
    CommandLine parsed = new PosixParser().parse(options, line);
    PrintStream usual = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      command.execute(parsed, options, hook);
    } finally {
      System.setOut(usual);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
